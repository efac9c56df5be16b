"""Pages without tags, laid out as people lay them out: which words belong together, and in which order."""

from __future__ import annotations

from cvstudio.importers import pdf_blocks
from cvstudio.importers.model import Imported
from cvstudio.importers.pdf_words import Page, Word, unbroken
from cvstudio.importers.recognise import recognise

LETTER = 5.0  # points that a letter takes here


def page(*texts: tuple[float, float, str] | tuple[float, float, str, str]) -> Page:
    """(left, baseline, text[, "b" for bold, "L" for large, "c" for blue]): words with a space between them."""
    words: list[Word] = []
    for left, base, text, *look in texts:
        style = look[0] if look else ""
        size = 14.0 if "L" in style else 10.0
        colour = 0x0000FF if "c" in style else 0
        at = left
        for piece in text.split(" "):
            end = at + LETTER * len(piece)
            words.append(Word(piece, at, base - size, end, base, base, size, "b" in style, False, colour=colour))
            at = end + 3.0
    return Page(1, 595, 842, words)


def flat(*texts: tuple[float, float, str] | tuple[float, float, str, str]) -> list[str]:
    return [block.text for block in pdf_blocks.read([page(*texts)])]


JOBS = (
    (50, 100, "Experience", "bL"),
    (50, 120, "Copperfield Trust", "b"),
    (50, 134, "Ward Manager"),
    (50, 148, "- Led a team of nurses on two wards."),
    (50, 170, "Quayside Council", "b"),
    (50, 184, "Charge Nurse"),
    (50, 198, "- Kept the rota of the night shift."),
    (50, 220, "Marlowe Logistics", "b"),
    (50, 234, "Healthcare Assistant"),
    (50, 248, "- Welcomed patients and families."),
)


def test_a_column_of_dates_is_read_with_the_rows_it_dates() -> None:
    dates = ((480, 118, "06/2023 - 11/2025"), (480, 168, "02/2021 - 05/2023"), (480, 218, "07/2018 - 01/2021"))
    texts = flat(*JOBS, *dates)
    assert "Copperfield Trust\t06/2023 - 11/2025" in texts
    assert "Marlowe Logistics\t07/2018 - 01/2021" in texts


def test_dates_beside_the_first_bullet_belong_to_the_title_above() -> None:
    dates = ((480, 120, "London"), (480, 148, "June 2023 – Nov 2025"), (480, 198, "Feb 2021 – May 2023"))
    texts = flat(*JOBS, *dates)
    assert "Led a team of nurses on two wards." in texts
    assert "Ward Manager\tJune 2023 – Nov 2025" in texts
    assert "Charge Nurse\tFeb 2021 – May 2023" in texts


def test_dates_at_the_left_of_a_table_are_read_with_the_rows_they_date() -> None:
    texts = flat(
        (50, 46, "Abigail", "bL"),
        (50, 62, "Blakemore", "bL"),
        (50, 76, "Ward Manager"),
        (300, 40, "abigail@example.org"),
        (300, 54, "Leeds"),
        (50, 90, "Experience", "bL"),
        (50, 110, "2018 - 2021"),
        (300, 110, "Ward Manager", "b"),
        (300, 124, "Copperfield Trust"),
        (300, 138, "- Led a team of nurses on two wards."),
        (50, 160, "2014 - 2018"),
        (300, 160, "Charge Nurse", "b"),
        (300, 174, "Quayside Council"),
        (300, 188, "- Kept the rota of the night shift."),
        (50, 210, "Skills", "bL"),
        (50, 230, "Triage"),
        (50, 244, "Audit"),
        (50, 258, "Rostering"),
    )
    assert "2018 - 2021\tWard Manager" in texts
    assert "2014 - 2018\tCharge Nurse" in texts
    assert texts.index("Kept the rota of the night shift.") < texts.index("Skills") < texts.index("Triage")


def test_a_heading_that_wraps_in_the_margin_over_its_dates() -> None:
    texts = flat(
        (50, 76, "Contact", "bL"),
        (200, 76, "abigail@example.org"),
        (50, 100, "Work", "bL"),
        (50, 114, "experience"),
        (50, 130, "2018 - 2021"),
        (200, 98, "Ward Manager", "b"),
        (200, 112, "Copperfield Trust"),
        (200, 126, "- Led a team of nurses on two wards."),
        (200, 140, "- Wrote the weekly rota."),
        (50, 170, "2014 - 2018"),
        (200, 170, "Charge Nurse", "b"),
        (200, 184, "- Kept the rota of the night shift."),
        (50, 210, "Languages", "bL"),
        (200, 210, "French (fluent)"),
    )
    assert texts[2:4] == ["Work experience", "2018 - 2021\tWard Manager"]
    assert "2014 - 2018\tCharge Nurse" in texts


def test_headings_at_the_right_margin_are_no_column() -> None:
    texts = flat(
        (430, 80, "Summary", "bL"),
        (50, 100, "Nurse for twelve years, at ease with figures and with people."),
        (430, 130, "Skills", "bL"),
        (50, 150, "Triage"),
        (50, 164, "Audit"),
        (430, 190, "Interests", "bL"),
        (50, 210, "Sailing"),
        (50, 224, "Chess"),
    )
    assert texts[0] == "Summary"
    assert texts.index("Skills") < texts.index("Triage") < texts.index("Interests") < texts.index("Sailing")


def test_a_grid_of_languages_is_read_cell_by_cell() -> None:
    texts = flat(
        (50, 100, "Languages", "bL"),
        (50, 120, "French", "b"),
        (250, 120, "English", "b"),
        (50, 134, "Native"),
        (250, 134, "Fluent"),
    )
    assert texts == ["Languages", "French", "Native", "English", "Fluent"]


def test_what_a_cell_had_no_room_for_goes_on_beneath_it() -> None:
    texts = flat(
        (50, 100, "Interests", "bL"),
        (50, 120, "Chess"),
        (150, 120, "Landscape"),
        (250, 120, "Sailing"),
        (150, 133, "photography"),
    )
    assert "Chess\tLandscape photography\tSailing" in texts


def test_a_title_that_wraps_beside_its_dates_is_one() -> None:
    texts = flat(
        (50, 100, "Education", "bL"),
        (50, 120, "Diploma in the management of health care at the University of"),
        (370, 120, "2004 - 2006"),
        (50, 133, "Glasgow"),
        (50, 160, "Master of Science at Leeds"),
        (370, 160, "2006 - 2008"),
    )
    assert texts[1] == "Diploma in the management of health care at the University of Glasgow\t2004 - 2006"


def test_a_name_over_two_lines_beside_the_address() -> None:
    blocks = pdf_blocks.read(
        [
            page(
                (50, 60, "Abigail", "L"),
                (430, 60, "abigail@example.org"),
                (50, 76, "Blakemore", "L"),
                (50, 86, "Nurse"),
                *JOBS,
            )
        ]
    )
    assert recognise(blocks, "pdf", judged=False).document.basics.name == "Abigail Blakemore"


def test_jobs_that_stand_under_no_heading() -> None:
    blocks = pdf_blocks.read(
        [
            page(
                (50, 60, "Abigail Blakemore", "bL"),
                (50, 76, "Glasgow / abigail@example.org"),
                (50, 110, "Ward Manager - Copperfield Trust, 2018 - 2021"),
                (50, 130, "Charge Nurse - Quayside Council, 2014 - 2018"),
                (50, 160, "Education", "bL"),
                (50, 176, "University of Leeds, 2010 - 2013"),
                (50, 200, "Hobbies", "bL"),
                (50, 216, "Sailing, Chess"),
            )
        ]
    )
    found = recognise(blocks, "pdf").document
    assert found.basics.location.city == "Glasgow"
    assert [(job.position, job.name, job.end_date) for job in found.work] == [
        ("Ward Manager", "Copperfield Trust", "2021"),
        ("Charge Nurse", "Quayside Council", "2018"),
    ]


def test_a_line_that_the_page_ends_in_is_read_once() -> None:
    first = page(*JOBS, (50, 830, "St Brannock Hospital", "b"), (480, 830, "2015 10 01 2020 09 01", "b"))
    second = page((50, 20, "St Brannock Hospital", "b"), (480, 20, "2015-10-01 — 2020-09-01", "b"), (50, 34, "Nurse"))
    second.number = 2
    texts = [block.text for block in pdf_blocks.read([first, second])]
    assert [text for text in texts if "Brannock" in text] == ["St Brannock Hospital\t2015-10-01 — 2020-09-01"]


def test_an_address_broken_anywhere_is_whole_again() -> None:
    assert unbroken("abigail.blakemore@exam", "ple.org")
    assert unbroken("karim.guerin@example.or", "g")
    assert unbroken("KARIM.GUERIN@EXAM", "PLE.ORG")
    assert unbroken("mohammed.abdulrahman.", "alsuwaidi@")
    assert not unbroken("Write.", "alsuwaidi@example.org")
    assert not unbroken("abigail@example.org", "linkedin.com/in/abigail")


def recognised(*below: tuple[float, float, str] | tuple[float, float, str, str]) -> Imported:
    """A page that begins with someone's name and work."""
    head = (
        (50, 60, "Abigail Blakemore", "bL"),
        (50, 80, "abigail@example.org"),
        (50, 110, "EXPERIENCE", "b"),
        (50, 130, "Ward Manager at Copperfield Trust, 2019 - 2023"),
    )
    return recognise(pdf_blocks.read([page(*head, *below)]), "pdf")


def test_skills_set_as_large_as_the_sections_are_skills() -> None:
    imported = recognised(
        (50, 160, "EDUCATION", "b"),
        (50, 180, "BSc Nursing, University of Leeds, 2012 - 2015"),
        (50, 210, "SKILLS", "b"),
        (50, 230, "TRIAGE", "b"),
        (50, 250, "VENEPUNCTURE", "b"),
        (50, 280, "LANGUAGES", "b"),
        (50, 300, "English (native), French (fluent)"),
    )
    assert [skill.name for skill in imported.document.skills] == ["TRIAGE", "VENEPUNCTURE"]
    assert not imported.document.custom


def test_lists_named_inside_a_list_go_where_they_say() -> None:
    imported = recognised(
        (50, 160, "SKILLS, LANGUAGES, INTERESTS", "b"),
        (50, 180, "- Languages: English (native), French (fluent)"),
        (50, 194, "- Clinical: Triage, Venepuncture"),
        (50, 208, "- Interests: Sailing, Chess"),
    )
    document = imported.document
    assert [(one.language, one.fluency) for one in document.languages] == [("English", "native"), ("French", "fluent")]
    assert [(one.name, one.keywords) for one in document.skills] == [("Clinical", ["Triage", "Venepuncture"])]
    assert [one.name for one in document.interests] == ["Sailing", "Chess"]


def test_headings_level_with_each_other_head_a_column_each_though_their_lines_are_level_too() -> None:
    texts = flat(
        (50, 100, "Publications", "bL"),
        (50, 120, "Measuring almost everything"),
        (480, 120, "Sep 2020"),
        (50, 150, "Awards", "bL"),
        (305, 150, "Interests", "bL"),
        (50, 170, "Lumen Prize", "b"),
        (305, 170, "Hill walking"),
        (50, 184, "May 2023"),
        (305, 184, "Film photography"),
        (50, 198, "Calvex"),
        (305, 198, "Sailing"),
    )
    assert texts == [
        "Publications",
        "Measuring almost everything\tSep 2020",
        *("Awards", "Lumen Prize", "May 2023", "Calvex"),
        *("Interests", "Hill walking", "Film photography", "Sailing"),
    ]


def test_bullets_in_two_columns_are_read_with_their_lines_column_by_column() -> None:
    texts = flat(
        (50, 100, "Charge Nurse", "b"),
        (420, 100, "Jul 2018 - Jan 2021"),
        (55, 116, "· Trained 11 colleagues in stand-ups."),
        (300, 116, "· Cut waiting times by 53% through a"),
        (55, 128, "· Negotiated with 12 suppliers at home"),
        (300, 128, "dashboard."),
        (55, 140, "and tracked their deliveries every day"),
        (300, 140, "· Kept the rota."),
        (50, 170, "Staff Nurse", "b"),
        (420, 170, "Jul 2015 - Jun 2018"),
    )
    assert texts == [
        "Charge Nurse\tJul 2018 - Jan 2021",
        "Trained 11 colleagues in stand-ups.",
        "Negotiated with 12 suppliers at home and tracked their deliveries every day",
        "Cut waiting times by 53% through a dashboard.",
        "Kept the rota.",
        "Staff Nurse\tJul 2015 - Jun 2018",
    ]


def test_entries_flush_right_are_no_lines_that_wrap() -> None:
    lines = ("BSc, Adult Nursing", "Bristol Polytechnic", "BA, Health Studies", "University of Nottingham")
    widths = [LETTER * len(line) - 2 * line.count(" ") for line in lines]
    texts = flat(*((400 - widths[n], 100 + 12 * n, line) for n, line in enumerate(lines)))
    assert texts == [*lines]


def imported_from(*texts: tuple[float, float, str] | tuple[float, float, str, str]) -> Imported:
    return recognise(pdf_blocks.read([page(*texts)]), "pdf", sure=0.88)


def test_a_list_in_three_columns_ends_where_the_next_heading_stands() -> None:
    document = imported_from(
        (50, 60, "Dwayne Okafor", "bL"),
        (50, 80, "Electrician"),
        (50, 100, "Experience", "bL"),
        (50, 120, "Electrician, NovaFit Interiors Ltd", "b"),
        (250, 120, "03/2021 - 05/2023"),
        (50, 132, "Wednesbury"),
        (50, 160, "Skills", "bL"),
        (50, 178, "• Containment"),
        (200, 176, "• Emergency lighting"),
        (350, 176, "• Amtech design"),
        (50, 190, "• Fire alarms"),
        (200, 188, "• EV charge points"),
        (200, 200, "• Fault finding"),
        (50, 225, "Interests", "bL"),
        (50, 245, "Five-a-side football, restoring a 1974 Ford Escort"),
    ).document
    assert {one.name for one in document.skills} == {
        *("Containment", "Fire alarms", "Emergency lighting", "EV charge points", "Fault finding", "Amtech design")
    }
    assert [one.name for one in document.interests] == ["Five-a-side football", "restoring a 1974 Ford Escort"]
    (job,) = document.work
    assert (job.position, job.name, job.location) == ("Electrician", "NovaFit Interiors Ltd", "Wednesbury")


def test_the_last_word_of_a_paragraph_is_no_heading_though_it_might_be_one() -> None:
    texts = flat(
        (50, 100, "Electrician with eleven years in fit-out, happy at height and at night, with own van and"),
        (50, 112, "tools."),
        (50, 140, "Interests", "bL"),
    )
    assert texts[0].endswith("own van and tools.")


def test_dates_that_wrap_in_a_narrow_margin_are_one_period() -> None:
    texts = flat(
        (50, 100, "Experience", "bL"),
        (50, 120, "Sept 2013 – May"),
        (132, 120, "Apprentice Electrician", "b"),
        (50, 132, "2016"),
        (132, 132, "R. Hale & Sons"),
    )
    assert "Sept 2013 – May 2016\tApprentice Electrician" in texts


BELOW_ONE_ANOTHER = (
    (50, 100, "Education", "bL"),
    (50, 120, "A Levels, Nursing", "b"),
    (480, 120, "2004 - 2006"),
    (50, 132, "Bristol College"),
    (50, 150, "BA, Health Studies", "b"),
    (480, 150, "2002 - 2004"),
    (50, 162, "Open University"),
    (50, 190, "Skills", "bL"),
    (50, 210, "Clinical", "b"),
    (300, 210, "Leadership", "b"),
    (50, 222, "Triage, Venepuncture"),
    (300, 222, "Audit"),
    (50, 250, "Languages", "b"),
    (300, 250, "Awards", "b"),
    (50, 262, "English"),
    (300, 262, "Lumen Prize"),
    (50, 274, "French"),
    (300, 274, "Calvex Prize"),
    (50, 286, "German"),
)


def test_a_rule_across_the_page_ends_the_columns_on_either_side_of_it() -> None:
    sheet = page(*BELOW_ONE_ANOTHER)
    sheet.rules = [(50, 194, 550, 195)]
    texts = [block.text for block in pdf_blocks.read([sheet])]
    assert "A Levels, Nursing\t2004 - 2006" in texts
    assert "BA, Health Studies\t2002 - 2004" in texts
    assert texts.index("Audit") < texts.index("Languages") < texts.index("Awards")


def test_two_lines_in_two_colours_are_no_paragraph() -> None:
    lines = ((50, 100, "Practising for the certificate of the rescue workers", "b"), (50, 112, "INRS", "b"))
    rest = ((50, 124, "and of those who help them every day in the whole week", "b"),)
    assert len(flat(*lines, *rest)) < 3
    assert flat(lines[0], (*lines[1][:3], "bc"), *rest)[:2] == [lines[0][2], "INRS"]


def test_words_that_each_have_a_frame_are_a_list() -> None:
    sheet = page(
        (50, 60, "Dwayne Okafor", "bL"),
        (50, 75, "dwayne@example.org"),
        (50, 100, "Education", "bL"),
        (50, 120, "Licence, Informatics", "b"),
        (50, 132, "Open University"),
        (50, 144, "2009 - 2011"),
        (50, 160, "Law"),
        (80, 160, "Statistics 2"),
        (50, 176, "Lean management"),
        (50, 200, "Skills", "bL"),
        (50, 220, "Python"),
        (100, 220, "Go"),
    )
    for number, word in enumerate(word for word in sheet.words if word.base in (160, 176, 220)):
        word.frame = 1 + number - (word.text in ("2", "management"))
    document = recognise(pdf_blocks.read([sheet]), "pdf", sure=0.88).document
    (school,) = document.education
    assert school.courses == ["Law", "Statistics 2", "Lean management"]
    assert (school.score, school.location) == ("", "")
    assert [skill.name for skill in document.skills] == ["Python", "Go"]


def test_a_school_beside_its_degree_says_nothing_of_the_lines_under_others() -> None:
    document = imported_from(
        (50, 60, "Dwayne Okafor", "bL"),
        (50, 75, "dwayne@example.org"),
        (50, 100, "Education", "bL"),
        (50, 120, "Licence, Informatics", "b"),
        (480, 120, "2009 - 2011"),
        (50, 132, "Ashford College · Leeds"),
        (50, 144, "Statistics, Employment law"),
        (50, 165, "DUT, Nursing", "b"),
        (118, 165, "Open University"),
        (480, 165, "2005 - 2007"),
        (50, 200, "Skills", "bL"),
        (50, 220, "Docker"),
        (150, 220, "Agility (Scrum, Kanban)"),
    ).document
    assert [(one.institution, one.courses) for one in document.education] == [
        ("Ashford College", ["Statistics", "Employment law"]),
        ("Open University", []),
    ]
    assert [skill.name for skill in document.skills] == ["Docker", "Agility (Scrum, Kanban)"]


def test_languages_of_programming_are_skills() -> None:
    document = imported_from(
        (50, 60, "Marcus Donnell", "bL"),
        (50, 75, "marcus@example.org"),
        (50, 100, "TECHNICAL SKILLS", "b"),
        (50, 116, "Cloud", "b"),
        (180, 116, "AWS, Terraform"),
        (50, 130, "Languages", "b"),
        (180, 130, "Go, Python, Bash"),
        (50, 160, "EDUCATION", "b"),
        (50, 176, "BSc Informatics, Trinity College"),
        (480, 176, "2010 - 2014"),
    ).document
    assert [(one.name, one.keywords) for one in document.skills] == [
        ("Cloud", ["AWS", "Terraform"]),
        ("Languages", ["Go", "Python", "Bash"]),
    ]
    assert document.languages == []
