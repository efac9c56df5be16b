"""The tailoring core: a career profile and a job offer become scored, grounded lines and a fitted CV.

    offer = analyse(text)
    person = profile(document)
    envelope = widgets(person, offer)

Pure; a language model, where there is one, comes as an argument.
"""
