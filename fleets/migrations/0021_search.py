"""What vehicles are found by: their label, plate and VIN in the forms that people type, folded by PostgreSQL alone.

Both sides of a comparison go through the same functions here, what is kept and what is looked for, so that there is one
rule. They are not made of `lower`, `unaccent` or a collation: those depend on the server's libraries, and an index that
was built with another version of them would miss rows.
"""

import unicodedata

import django.contrib.postgres.indexes
import django.db.models.expressions
import django.db.models.functions.text
from django.db import migrations, models


def _is_plain_capital(letter: str) -> bool:
    small = letter.casefold()
    is_whole = unicodedata.normalize("NFKD", letter) == letter and not unicodedata.combining(letter)
    return is_whole and small != letter and len(small) == 1


# Latin, Greek, Cyrillic, Armenian, Georgian; what has an accent or is a ligature has been taken apart before.
_LETTERS = (*range(0x41, 0x590), *range(0x10A0, 0x1100), *range(0x2C60, 0x2C80), *range(0xA640, 0xA800))
_CAPITALS = [chr(code) for code in _LETTERS if _is_plain_capital(chr(code))]
_SMALL = [letter.casefold() for letter in _CAPITALS]
# Letters that no form takes apart: ı, ø, đ, ħ, ł, ŧ, ð and the ς at the end of a word.
_KIN = str.maketrans({0x131: "i", 0xF8: "o", 0x111: "d", 0x127: "h", 0x142: "l", 0x167: "t", 0xF0: "d", 0x3C2: "\u03c3"})
_FROM = "".join(_CAPITALS) + "".join(map(chr, _KIN))
_TO = "".join(_SMALL).translate(_KIN) + "".join(str(to) for to in _KIN.values())

# Accents, and what can't be seen: joiners, marks of direction, variants of emoji.
_MARKS = (
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f"
    r"\ufe20-\ufe2f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e01ef]+"
)
# Blanks, hyphens, apostrophes and what else stands between words and the parts of a plate; not %, _ and \.
_BETWEEN = (
    r"[\s\u0085\u1680\u2028\u2029\u2800\u002d\u2010-\u2015\u2043\u2212\u02bb\u02bc\u02b9''`\u00b4\u2018\u2019\u2032"
    r".,;:/()|\u00b7\u2022]+"
)
_NUMBERS = r"(?<=[0-9])(?=[^0-9 ])|(?<=[^0-9 ])(?=[0-9])"

FUNCTIONS = rf"""
-- Without accents and case, and each form of a letter as one; null for null.
CREATE FUNCTION fleets_folded(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(replace(replace(replace(replace(translate(
    regexp_replace(normalize(words, NFKD), '{_MARKS}', '', 'g'), '{_FROM}', '{_TO}'
), U&'\1E9E', 'ss'), U&'\00DF', 'ss'), U&'\00E6', 'ae'), U&'\0153', 'oe'), U&'\00FE', 'th');

-- The same in one piece.
CREATE FUNCTION fleets_joined(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(fleets_folded(words), '{_BETWEEN}', '', 'g');

-- The ways in which people type a name: its words, its words with numbers by themselves, and all in one piece.
CREATE FUNCTION fleets_ways_of(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT ' ' || spaced || ' ' || regexp_replace(spaced, '{_NUMBERS}', ' ', 'g') || ' ' || replace(spaced, ' ', '')
    FROM (SELECT regexp_replace(fleets_folded(words), '{_BETWEEN}', ' ', 'g') AS spaced) AS folded;
END;

CREATE FUNCTION fleets_search_text(label text, plate text, vin text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN fleets_ways_of(label) || fleets_ways_of(plate) || ' ' || fleets_folded(vin);

-- What LIKE is to find in it: a part of it, or of one or two letters the beginning of a word, which the index knows.
CREATE FUNCTION fleets_pattern(word text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN joined = '' THEN '%' WHEN joined ~ '^[a-z0-9]{{1,2}}$' THEN '% ' || escaped || '%' ELSE '%' || escaped || '%' END
    FROM (SELECT joined, regexp_replace(joined, '([\\%_])', '\\\1', 'g') AS escaped
        FROM (SELECT fleets_joined(word) AS joined) AS word) AS words;
END;
"""

NO_FUNCTIONS = """
DROP FUNCTION fleets_pattern(text);
DROP FUNCTION fleets_search_text(text, text, text);
DROP FUNCTION fleets_ways_of(text);
DROP FUNCTION fleets_joined(text);
DROP FUNCTION fleets_folded(text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('fleets', '0020_api_secrets'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RemoveIndex(
            model_name='vehicle',
            name='vehicle_search',
        ),
        migrations.AddField(
            model_name='vehicle',
            name='search_text',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.expressions.Func(django.db.models.expressions.F('label'), django.db.models.expressions.F('plate'), django.db.models.expressions.F('vin'), function='fleets_search_text', output_field=models.TextField()), output_field=models.TextField()),
        ),
        migrations.AddIndex(
            model_name='vehicle',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search_text'], name='vehicle_search', opclasses=['gin_trgm_ops']),
        ),
        # Until the new column is looked at, nothing is known of how often its words occur.
        migrations.RunSQL('ANALYZE fleets_vehicle', migrations.RunSQL.noop),
    ]
