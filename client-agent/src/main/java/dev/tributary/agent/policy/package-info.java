/** What a site allows to be done with its data, enforced beside the data: no coordinator can loosen it. */
@NullMarked
package dev.tributary.agent.policy;

import org.jspecify.annotations.NullMarked;
