/** Base models that come with the product and are laid out in a cache folder at first use. */
@NullMarked
package dev.tributary.training.packaged;

import org.jspecify.annotations.NullMarked;
