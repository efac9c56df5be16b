"""Assembly only: the Reflex app, its pages, the API in front of them."""

import reflex as rx

from cvstudio.config import settings
from cvstudio.serving import accept_own_origin, mount_pages


def index() -> rx.Component:
    return rx.heading("CV Studio")


app = rx.App(api_transformer=[mount_pages])
app.add_page(index, route="/", title="CV Studio")

accept_own_origin(app, settings().public_url)
