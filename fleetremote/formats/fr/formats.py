"""How dates look in French; the short ones, for schedules, begin with the day of the week."""

DATE_FORMAT = "j N Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j N Y, H:i"
SHORT_DATE_FORMAT = "D j N Y"
SHORT_DATETIME_FORMAT = "D j N Y, H:i"
