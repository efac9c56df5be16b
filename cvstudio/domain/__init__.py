"""What CV Studio does. Every function takes the session first and never commits; doors do."""
