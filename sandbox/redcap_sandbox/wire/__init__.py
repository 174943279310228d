"""What passes over the wire: HTTP, forms, formats, and REDCap's way of writing answers and errors."""
