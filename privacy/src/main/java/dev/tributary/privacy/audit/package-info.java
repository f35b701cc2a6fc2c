/** Empirical checks of a privacy claim: membership inference, canaries, confidence bounds. */
@NullMarked
package dev.tributary.privacy.audit;

import org.jspecify.annotations.NullMarked;
