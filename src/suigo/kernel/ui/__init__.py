"""The component library: two faces, one set of parts, on the Digital Agency's design tokens."""
