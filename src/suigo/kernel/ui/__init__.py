"""The component library and base pages of both faces. See README.md."""
