"""水郷 Suigo: an open-source digital city hall. Start with docs/map.md."""
