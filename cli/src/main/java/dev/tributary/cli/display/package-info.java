/** What a running job looks like in a terminal. */
@NullMarked
package dev.tributary.cli.display;

import org.jspecify.annotations.NullMarked;
