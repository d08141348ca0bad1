import type { JsonObject } from '../../shared/json';
import { type SampleGroup, track } from './envelope';

const guji: JsonObject = {
  product_id: 'p-guji-250',
  sku: 'GUJI-250',
  name: 'Guji, washed, 250 g',
  brand: 'Roastery',
  category: 'Coffee',
  variant: 'whole bean',
  price: 14.5,
  quantity: 2,
  coupon: 'HARVEST10',
  position: 1,
  url: 'https://roastery.example/coffee/ethiopia-guji',
  image_url: 'https://roastery.example/img/guji.jpg',
};

const kettle: JsonObject = {
  product_id: 'p-kettle',
  sku: 'KETTLE-09',
  name: 'Gooseneck kettle, 0.9 l',
  brand: 'Pourwell',
  category: 'Equipment',
  variant: 'black',
  price: 59,
  quantity: 1,
  position: 2,
  url: 'https://roastery.example/equipment/kettle',
  image_url: 'https://roastery.example/img/kettle.jpg',
};

const product: JsonObject = { ...guji, currency: 'EUR', value: 29 };

const order: JsonObject = {
  order_id: 'order-30117',
  checkout_id: 'checkout-8842',
  affiliation: 'Web shop',
  subtotal: 79.2,
  total: 98.72,
  revenue: 79.2,
  value: 98.72,
  shipping: 4.9,
  tax: 14.62,
  discount: 8.8,
  coupon: 'HARVEST10',
  currency: 'EUR',
  products: [guji, kettle],
};

const promotion: JsonObject = {
  promotion_id: 'promo-harvest',
  creative: 'banner-wide',
  name: 'Autumn harvest',
  position: 'home_top',
};

const list: JsonObject = { list_id: 'new-harvest', category: 'Coffee', products: [guji, kettle] };
const cart: JsonObject = { cart_id: 'cart-5567', products: [guji, kettle], currency: 'EUR', total: 88 };
const step: JsonObject = { checkout_id: 'checkout-8842', step: 2, shipping_method: 'Bicycle courier', payment_method: 'card' };
const coupon: JsonObject = { order_id: 'order-30117', cart_id: 'cart-5567', coupon_id: 'HARVEST10', coupon_name: 'Ten off', discount: 8.8 };
const wish: JsonObject = { wishlist_id: 'wish-77', wishlist_name: 'Brewing at home', ...product };
const share: JsonObject = { share_via: 'email', share_message: 'This one for Sunday?', recipient: 'rui@roastery.example' };

export const commerce: SampleGroup = {
  name: 'E-commerce',
  samples: [
    track('Order Completed', order),
    track('Products Searched', { query: 'washed ethiopian' }),
    track('Product List Viewed', list),
    track('Product List Filtered', {
      ...list,
      filters: [{ type: 'process', value: 'washed' }],
      sorts: [{ type: 'price', value: 'asc' }],
    }),
    track('Promotion Viewed', promotion),
    track('Promotion Clicked', promotion),
    track('Product Clicked', product),
    track('Product Viewed', product),
    track('Product Added', { cart_id: 'cart-5567', ...product }),
    track('Product Removed', { cart_id: 'cart-5567', ...product }),
    track('Cart Viewed', cart),
    track('Checkout Started', { ...order, order_id: 'order-30117' }),
    track('Checkout Step Viewed', step),
    track('Checkout Step Completed', step),
    track('Payment Info Entered', { ...step, order_id: 'order-30117' }),
    track('Order Updated', { ...order, total: 93.82, shipping: 0 }),
    track('Order Refunded', { ...order, reason: 'kettle arrived dented', products: [kettle], total: 59 }),
    track('Order Cancelled', { ...order, reason: 'ordered twice' }),
    track('Coupon Entered', coupon),
    track('Coupon Applied', coupon),
    track('Coupon Denied', { ...coupon, reason: 'expired' }),
    track('Coupon Removed', coupon),
    track('Product Added to Wishlist', wish),
    track('Product Removed from Wishlist', wish),
    track('Wishlist Product Added to Cart', { ...wish, cart_id: 'cart-5567' }),
    track('Product Shared', { ...share, ...product }),
    track('Cart Shared', { ...share, ...cart }),
    track('Product Reviewed', { product_id: 'p-guji-250', review_id: 'review-12', review_body: 'Peach and jasmine.', rating: 5 }),
  ],
};
