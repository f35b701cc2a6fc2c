/** {@code tributary audit}. */
@NullMarked
package dev.tributary.cli.audit;

import org.jspecify.annotations.NullMarked;
