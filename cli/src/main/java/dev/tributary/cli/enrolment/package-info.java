/** {@code tributary enrolment}. */
@NullMarked
package dev.tributary.cli.enrolment;

import org.jspecify.annotations.NullMarked;
