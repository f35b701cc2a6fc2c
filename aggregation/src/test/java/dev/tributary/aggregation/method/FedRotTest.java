package dev.tributary.aggregation.method;

import dev.tributary.aggregation.FederatedMethod;

class FedRotTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new FedRot();
    }
}
