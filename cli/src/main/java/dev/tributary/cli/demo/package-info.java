/** The demonstration: its data, its job, and the command that runs it. */
@NullMarked
package dev.tributary.cli.demo;

import org.jspecify.annotations.NullMarked;
