/** What a private release is made of: terms and their checks, sampling, clipping, the noisy sum. */
@NullMarked
package dev.tributary.privacy.dp;

import org.jspecify.annotations.NullMarked;
