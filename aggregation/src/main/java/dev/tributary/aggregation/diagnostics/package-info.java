/** Figures about a round, computed from its files and apart from the rule that wrote them. */
@NullMarked
package dev.tributary.aggregation.diagnostics;

import org.jspecify.annotations.NullMarked;
