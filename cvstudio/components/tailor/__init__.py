"""The parts of /tailor: the CV and the offer, the offer as read, the match, the lines."""
