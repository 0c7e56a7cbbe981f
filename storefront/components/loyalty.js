/** All components of Saleor Loyalty. */

import "./loyalty-access.js";
import "./loyalty-points.js";
import "./loyalty-price.js";
import "./loyalty-estimate.js";
import "./loyalty-redeem.js";
import "./loyalty-shipping.js";
import "./loyalty-panel.js";
