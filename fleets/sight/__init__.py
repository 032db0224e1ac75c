"""Who is looking at something for a while, and whether they still may."""
