/** Privacy loss of Gaussian mechanisms: Rényi, loss-distribution and analytic accountants, conversion and calibration. */
@NullMarked
package dev.tributary.privacy.accountant;

import org.jspecify.annotations.NullMarked;
