"""What a person is called."""

from django import template

from console.vehicle.history import name_of

register = template.Library()

register.filter("person_name", name_of)
