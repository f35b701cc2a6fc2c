/** A job on many agents in this process, over one dataset cut into parts. */
@NullMarked
package dev.tributary.cli.simulate;

import org.jspecify.annotations.NullMarked;
