#!/bin/sh
# the TV's session of a release in the guest: no compositor runs there
exec sleep infinity
