/** The coordinator's REST interface, seen from outside. */
@NullMarked
package dev.tributary.cli.rest;

import org.jspecify.annotations.NullMarked;
