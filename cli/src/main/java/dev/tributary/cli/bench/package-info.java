/** {@code tributary bench}: how fast this machine does the work. */
@NullMarked
package dev.tributary.cli.bench;

import org.jspecify.annotations.NullMarked;
