/** Certificates: who may connect, and which keys are whose. */
@NullMarked
package dev.tributary.privacy.pki;

import org.jspecify.annotations.NullMarked;
