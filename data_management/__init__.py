"""Missing data, verification, saved views; pages and exports of the trail."""
