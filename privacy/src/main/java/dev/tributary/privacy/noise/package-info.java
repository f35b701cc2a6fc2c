/** Exact integer noise: AES-CTR bits, the discrete Gaussian, the grid that data is put on before noise. */
@NullMarked
package dev.tributary.privacy.noise;

import org.jspecify.annotations.NullMarked;
