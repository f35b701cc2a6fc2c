/** The coordinator's web page. */
@NullMarked
package dev.tributary.coordinator.page;

import org.jspecify.annotations.NullMarked;
