"""/generate: the editor."""

import reflex as rx

from cvstudio.components.editor.design import design
from cvstudio.components.editor.elements import EditorRoot, Panels
from cvstudio.components.editor.form import content
from cvstudio.components.editor.importing import import_dialog
from cvstudio.components.editor.improving import improve_dialog
from cvstudio.components.editor.notices import notices, start
from cvstudio.components.editor.sections import sections
from cvstudio.components.editor.sharing import share_dialog
from cvstudio.components.editor.toolbar import progress, toolbar
from cvstudio.components.editor.translating import translate_dialog
from cvstudio.components.editor.upgrading import upgrade_dialog
from cvstudio.components.preview import preview_frame
from cvstudio.components.shell import bare_page
from cvstudio.components.tour import tour
from cvstudio.locales import t
from cvstudio.state.editor import FRAME, Editor
from cvstudio.state.editor_design import Designing
from cvstudio.state.editor_generation import Generation
from cvstudio.state.editor_improvement import Improving
from cvstudio.state.editor_tabs import OtherTabs
from cvstudio.state.editor_translation import Translating
from cvstudio.state.tour import Tour

ON_LOAD = [Editor.open, OtherTabs.open, Generation.open, Translating.open, Improving.open, Tour.open]


def generate() -> rx.Component:
    return bare_page(
        "generate",
        tour(),
        EditorRoot.create(
            toolbar(),
            progress(),
            Panels.create(
                rx.fragment(
                    notices(), rx.cond(Editor.begun, content(), rx.cond(Editor.ready, start("content"), waiting()))
                ),
                rx.cond(Editor.begun, sections(), start("sections")),
                design(),
                stage(),
                label=t("editor.panels"),
                names=rx.Var.create(
                    {name: t(f"editor.panel_{name}") for name in ("content", "sections", "design", "preview")}
                ),
            ),
            import_dialog(),
            translate_dialog(),
            improve_dialog(),
            share_dialog(),
            upgrade_dialog(),
            rx.el.p(Editor.said, class_name="visually-hidden", aria_live="polite"),
            cv=Editor.cv_id,
            ready=Editor.ready,
            saving=Editor.saving,
            on_undo=[Editor.undo, Translating.compare, Improving.compare],
            on_redo=[Editor.redo, Translating.compare, Improving.compare],
            on_restore=Editor.restore,
        ),
        on_language=Editor.language_changed,
    )


def waiting() -> rx.Component:
    """The shape of the form, until the server has said what is in it."""
    return rx.el.div(*(rx.el.div(class_name="card section-card bones") for _ in range(3)), aria_hidden="true")


def stage() -> rx.Component:
    return rx.fragment(
        preview_frame(
            FRAME,
            zoomable=True,
            pickable=Editor.begun,
            on_pages=Editor.set_pages,
            on_pick=Editor.pick,
            on_fitted=Designing.fit_found,
            on_lost=Editor.show_all,
        ),
        rx.cond(Editor.ready & ~Editor.begun, rx.el.p(t("editor.start_preview"), class_name="stage-note")),
        rx.cond(
            Editor.too_wide & Editor.begun, rx.el.p(t("editor.too_wide"), class_name="stage-note warn", role="status")
        ),
    )
