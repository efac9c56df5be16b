"""The parts of /generate: toolbar, form, sections, design. What they do in the browser: assets/editor.jsx."""
