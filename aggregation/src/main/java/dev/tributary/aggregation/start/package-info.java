/** Jobs that go on from an adapter made before. */
@NullMarked
package dev.tributary.aggregation.start;

import org.jspecify.annotations.NullMarked;
