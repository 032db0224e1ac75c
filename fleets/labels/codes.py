"""What is wrong with a file of labels and plates, and how it was read: codes (protocol/why.py)."""

from protocol.why import code
from protocol.why import gettext_noop as _

# The file as a whole.
TOO_LARGE = code("labels-too-large", _("The file is too large: %(most)s MB at the most."))
TOO_MANY_LINES = code("labels-too-many-lines", _("The file has too many lines: %(most)s at the most. Split it."))
WORKBOOK = code(
    "labels-workbook", _("This is a workbook, not CSV. Save it as CSV in the spreadsheet, and choose that file.")
)
UNREADABLE = code("labels-unreadable", _("This can't be read as text: it is neither UTF-8, UTF-16 nor Windows-1252."))
EMPTY = code("labels-empty", _("The file has no line with a vehicle."))
NO_VIN_COLUMN = code("labels-no-vin-column", _("No column is called VIN. The first line reads: %(names)s"))
NO_OTHER_COLUMN = code(
    "labels-no-other-column", _("No column is called Label or Plate. The first line reads: %(names)s")
)
TWO_COLUMNS = code("labels-two-columns", _("Two columns mean the same: %(first)s and %(second)s. Take one away."))

# A line.
BAD_BYTE = code("labels-bad-byte", _("Here is something that is no text in %(encoding)s."))
NEVER_CLOSED = code("labels-never-closed", _("A quotation mark is opened here and never closed."))
AFTER_QUOTES = code(
    "labels-after-quotes",
    _("There is text after a closing quotation mark. Write a quotation mark that is part of a text twice."),
)
LONG_CELL = code("labels-long-cell", _("A cell is far too long. Is a quotation mark missing?"))
BAD_CELLS = code("labels-bad-cells", _("The cells of this line can't be told apart."))
MORE_CELLS = code(
    "labels-more-cells",
    _("This line has %(number)s cells, the first one %(most)s. Put text with a separator in it into quotation marks."),
)
NO_VIN = code("labels-no-vin", _("The VIN is missing."))
NOT_A_VIN = code(
    "labels-not-a-vin", _("“%(vin)s” can't be a VIN: a VIN has 17 digits and letters, without I, O and Q.")
)
TWICE = code("labels-twice", _("%(vin)s stands in line %(line)s already."))
UNKNOWN = code("labels-unknown", _("No vehicle of this fleet has the VIN %(vin)s."))
UNKNOWN_ANYWHERE = code("labels-unknown-anywhere", _("No vehicle has the VIN %(vin)s."))
OTHER_FLEET = code("labels-other-fleet", _("%(vin)s is in the fleet %(fleet)s."))
LONG_LABEL = code("labels-long-label", _("The label is too long: %(number)s characters, %(most)s at the most."))
LONG_PLATE = code("labels-long-plate", _("The plate is too long: %(number)s characters, %(most)s at the most."))
CONTROL = code("labels-control", _("This line holds a character that is no text (%(name)s)."))

# How it was read, for whoever looks at what would change.
READ_AS = code("labels-read-as", _("Read as %(encoding)s, separated by %(separator)s."))
COMMA = code("labels-comma", _("commas"))
SEMICOLON = code("labels-semicolon", _("semicolons"))
TAB = code("labels-tab", _("tabs"))
NOT_USED = code("labels-not-used", _("Columns that are not used: %(names)s"))
