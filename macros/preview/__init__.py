"""What a change does: both of its sides run and compared, and the site as it would be with it."""
