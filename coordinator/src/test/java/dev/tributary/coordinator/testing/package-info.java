/** What tests of several packages share. */
@NullMarked
package dev.tributary.coordinator.testing;

import org.jspecify.annotations.NullMarked;
