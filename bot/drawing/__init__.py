"""Pictures: shapes and text as SVG, SVG as PNG, and where boxes and lines go. Nothing here knows what is drawn."""
