/** Who signs: a party's own key pair on disk, and the keys it has learned to trust. */
@NullMarked
package dev.tributary.privacy.identity;

import org.jspecify.annotations.NullMarked;
