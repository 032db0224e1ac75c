// Shows the times of a page at the door, which has nothing else of pages.js.
import { showMoments } from "./moments.js";

showMoments();
