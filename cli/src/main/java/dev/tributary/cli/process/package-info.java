/** Coordinator and agent as processes of their own. */
@NullMarked
package dev.tributary.cli.process;

import org.jspecify.annotations.NullMarked;
