/** Commands about jobs on a running coordinator. */
@NullMarked
package dev.tributary.cli.job;

import org.jspecify.annotations.NullMarked;
