/** One class per federated method. */
@NullMarked
package dev.tributary.aggregation.method;

import org.jspecify.annotations.NullMarked;
