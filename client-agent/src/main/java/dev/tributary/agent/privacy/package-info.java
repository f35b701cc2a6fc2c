/** What has been released of this site's data, in ledgers on its own disk. */
@NullMarked
package dev.tributary.agent.privacy;

import org.jspecify.annotations.NullMarked;
