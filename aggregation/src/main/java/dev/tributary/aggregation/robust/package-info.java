/** Rules that bound what a few bad updates can do; they see each update by itself. */
@NullMarked
package dev.tributary.aggregation.robust;

import org.jspecify.annotations.NullMarked;
