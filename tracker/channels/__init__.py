"""Ways to reach people: each folder has `send` (a Channel), and `render` and `templates` for its layout."""
