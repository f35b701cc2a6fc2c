/** Local datasets: files beside the agent, read into examples. */
@NullMarked
package dev.tributary.training.data;

import org.jspecify.annotations.NullMarked;
