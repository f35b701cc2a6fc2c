/** Rounds without training: what everything around it costs. */
@NullMarked
package dev.tributary.cli.bench.rounds;

import org.jspecify.annotations.NullMarked;
