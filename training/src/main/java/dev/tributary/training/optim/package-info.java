/** Local optimisers, learning-rate schedules and the random numbers of training. */
@NullMarked
package dev.tributary.training.optim;

import org.jspecify.annotations.NullMarked;
