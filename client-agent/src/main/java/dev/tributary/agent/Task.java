package dev.tributary.agent;

import dev.tributary.agent.journal.Answer;
import dev.tributary.plan.JobId;
import dev.tributary.plan.Plan;
import dev.tributary.protocol.Message;
import java.util.OptionalLong;

/** Work for the one thread that does it: a plan to carry out, or an answer to send again. */
sealed interface Task {

    String planId();

    JobId job();

    int round();

    /** Where the command that asks for it stood in the downlink. */
    OptionalLong position();

    record Execute(Message.Command command, OptionalLong position) implements Task {

        Plan.Header header() {
            return command.plan().header();
        }

        @Override
        public String planId() {
            return header().planId();
        }

        @Override
        public JobId job() {
            return header().job();
        }

        @Override
        public int round() {
            return header().round();
        }
    }

    record Resend(Answer answer, OptionalLong position) implements Task {

        @Override
        public String planId() {
            return answer.planId();
        }

        @Override
        public JobId job() {
            return answer.job();
        }

        @Override
        public int round() {
            return answer.round();
        }
    }
}
