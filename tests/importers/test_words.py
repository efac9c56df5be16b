import pytest

from cvstudio.importers.words import heading


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Work", "work"),
        ("Mes expériences clés", "work"),
        ("Selected work history", "work"),
        ("Mon parcours", "work"),
        ("Formation continue", "education"),
        ("Diplômes obtenus", "education"),
        ("Logiciels maîtrisés", "skills"),
        ("Tech stack", "skills"),
        ("Skills and Tech", "skills"),
        ("LANGUES PARLÉES", "languages"),
        ("Extracurricular Activities", "volunteer"),
        ("Expérience & Projets", "work"),
        ("Who am I?", "summary"),
        ("Personal summary", "summary"),
        ("Résumé professionnel", "summary"),
        ("Professional", ""),
        ("Mes principales", ""),
        ("Highlights", ""),
        ("Ward Manager", ""),
        ("Ormeau Distribution", ""),
    ],
)
def test_headings_as_people_word_them(text, key):
    assert heading(text) == key
