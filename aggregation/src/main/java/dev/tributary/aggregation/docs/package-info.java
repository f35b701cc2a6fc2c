/** Pages for readers, made from the methods' declarations. */
@NullMarked
package dev.tributary.aggregation.docs;

import org.jspecify.annotations.NullMarked;
