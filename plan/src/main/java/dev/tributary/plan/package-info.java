/** What coordinator and agents agree on: jobs, agent profiles, plans, updates, metrics, and the job file. */
@NullMarked
package dev.tributary.plan;

import org.jspecify.annotations.NullMarked;
